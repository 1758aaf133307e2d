package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.ports.PortUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The page, the way into it and out again, and the files it is made of. */
final class PageEndpoints {
  private final Logins logins;
  private final Tokens tokens;
  private final SessionCookie cookies;
  private final Asset page = Asset.page("index.html");
  private final Asset loginPage = Asset.page("login.html");

  PageEndpoints(Logins logins, Tokens tokens, SessionCookie cookies) {
    this.logins = logins;
    this.tokens = tokens;
    this.cookies = cookies;
  }

  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    // Open, because whoever has no session is sent to the form instead of being refused.
    routes.add(Route.open("GET", "/", this::page));
    routes.add(Route.open("GET", "/login", this::form));
    routes.add(Route.open("POST", "/login", this::login));
    routes.add(Route.open("POST", "/logout", this::logout));
    for (Asset asset : Asset.all()) {
      routes.add(Route.open("GET", asset.path(), asset::reply));
    }
    return routes;
  }

  private Reply page(Call call) {
    boolean known = call.identity().session().isPresent();
    return known ? page.reply(200) : Reply.seeOther("/login");
  }

  private Reply form(Call call) {
    boolean known = call.identity().session().isPresent();
    return known ? Reply.seeOther("/") : loginPage.reply(200, "");
  }

  private Reply login(Call call) {
    Map<String, String> form = call.form();
    String user = form.getOrDefault("user", "");
    String password = form.getOrDefault("password", "");
    if (user.length() > HttpLimits.MAX_NAME_CHARS
        || password.length() > HttpLimits.MAX_PASSWORD_CHARS) {
      return loginPage.reply(401, "Name or password is wrong.");
    }
    try {
      Principal principal = logins.login(user, password, call.remote(), call.now());
      long now = call.now().wallMillis();
      return Reply.seeOther("/")
          .with("Set-Cookie", cookies.set(tokens.newSession(principal, now), now));
    } catch (ProblemException e) {
      return refused(e.problem());
    } catch (PortUnavailableException e) {
      return loginPage.reply(503, "The store does not answer. Try again in a moment.");
    }
  }

  private Reply refused(Problem problem) {
    Optional<String> seconds = Optional.ofNullable(problem.headers().get("Retry-After"));
    return seconds.isPresent()
        ? loginPage
            .reply(
                problem.status(), "Too many tries. Wait " + seconds.get() + " s, then try again.")
            .with("Retry-After", seconds.get())
        : loginPage.reply(problem.status(), "Name or password is wrong.");
  }

  private Reply logout(Call call) {
    long now = call.now().wallMillis();
    String cookie =
        call.identity().session().map(session -> cookies.end(session, now)).orElse(cookies.gone());
    return Reply.seeOther("/login").with("Set-Cookie", cookie);
  }
}
