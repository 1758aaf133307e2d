package dev.sentinelj.core.access;

/** Who is asking, once that was proved. */
public record Principal(String name, Role role) {}
