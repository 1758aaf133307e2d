package dev.sentinelj.runners.standalone;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/** What an operator reads when everything runs. The password is shown here and nowhere else. */
record Announcement(
    double seconds,
    String page,
    Optional<String> password,
    int grpcPort,
    String home,
    String store) {

  static Announcement of(Installation installation, long nanos) {
    return new Announcement(
        nanos / 1e9,
        installation.url() + "/",
        installation.firstPassword(),
        installation.grpcPort(),
        installation.home().root().toString(),
        installation.store());
  }

  void print(PrintStream out) {
    out.printf(Locale.ROOT, "SentinelJ is ready after %.1f s%n", seconds);
    out.println("  page    " + page);
    out.println("  login   admin, " + login());
    out.println("  agents  127.0.0.1:" + grpcPort);
    out.println("  data    " + home);
    out.println("  store   " + store);
    out.println("Ctrl-C stops it, nothing is lost. In another terminal: ./sentinel metrics latest");
    out.flush();
  }

  private String login() {
    return password
        .map(told -> "password " + told + " (shown this once)")
        .orElse("with the password shown at the first start");
  }

  @Override
  public String toString() {
    return "Announcement[" + page + "]";
  }
}
