package dev.sentinelj.runners.standalone;

/** The command line with everything behind {@code up} on its class path. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    dev.sentinelj.runners.cli.Main.main(args);
  }
}
