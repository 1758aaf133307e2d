package dev.sentinelj.bench;

/** Does nothing: what the JVM alone takes to start and end. */
final class Nothing {
  private Nothing() {}

  public static void main(String[] args) {}
}
