package dev.sentinelj.runners.standalone;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What an operator reads when everything runs. The password is shown here and nowhere else. */
record Announcement(
    double seconds,
    String page,
    Optional<String> password,
    int grpcPort,
    String home,
    String store,
    String hint) {

  /**
   * @param usualHome where the command line looks when nobody says otherwise
   */
  static Announcement of(Installation installation, Path usualHome, long nanos) {
    Path home = installation.home().root();
    return new Announcement(
        nanos / 1e9,
        installation.url() + "/",
        installation.firstPassword(),
        installation.grpcPort(),
        home.toString(),
        installation.store(),
        (installation.ephemeral()
                ? "Ctrl-C stops it and deletes everything. "
                : "Ctrl-C stops it, nothing is lost. ")
            + "In another terminal: "
            + (home.equals(new Home(usualHome).root()) ? "" : "SENTINEL_HOME=" + quoted(home) + " ")
            + "./sentinel metrics latest");
  }

  void print(PrintStream out) {
    out.printf(Locale.ROOT, "SentinelJ is ready after %.1f s%n", seconds);
    out.println("  page    " + page);
    out.println("  login   admin, " + login());
    out.println("  agents  127.0.0.1:" + grpcPort);
    out.println("  data    " + home);
    out.println("  store   " + store);
    out.println(hint);
    out.flush();
  }

  /** As a shell reads it. */
  private static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[\\w./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private String login() {
    return password
        .map(told -> "password " + told + " (shown this once)")
        .orElse("with the password shown at the first start (lost? start with --new-password)");
  }

  @Override
  public String toString() {
    return "Announcement[" + page + "]";
  }
}
