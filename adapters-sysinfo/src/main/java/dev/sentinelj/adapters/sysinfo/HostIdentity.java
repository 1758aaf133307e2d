package dev.sentinelj.adapters.sysinfo;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.digest.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import oshi.SystemInfo;

/**
 * What tells this host from others.
 *
 * @param machineId of systemd or D-Bus; empty when there is none
 * @param hardwareUuid of the firmware; machines without one say {@code unknown} or all zeros
 * @param hostname as the system says it
 */
public record HostIdentity(Optional<String> machineId, String hardwareUuid, String hostname) {
  private static final List<Path> MACHINE_ID_FILES =
      List.of(Path.of("/etc/machine-id"), Path.of("/var/lib/dbus/machine-id"));

  /** What firmware says when nobody filled it in. */
  private static final Set<String> NO_UUID =
      Set.of(
          "",
          "unknown",
          "not specified",
          "none",
          "00000000-0000-0000-0000-000000000000",
          "03000200-0400-0500-0006-000700080009",
          "ffffffff-ffff-ffff-ffff-ffffffffffff");

  private static final int ID_HEX_DIGITS = 32;
  private static final int MAX_AGENT_NAME = 63;

  /** Reads the identity of this host. */
  public static HostIdentity ofThisHost() {
    SystemInfo system = new SystemInfo();
    return new HostIdentity(
        readMachineId(),
        system.getHardware().getComputerSystem().getHardwareUUID(),
        system.getOperatingSystem().getNetworkParams().getHostName());
  }

  /**
   * The same on every start, and another on another host: where it comes from, a colon and 32
   * hexadecimal digits. The machine id is hashed, as its manual asks; the host name is in it,
   * because copies of a virtual machine share the rest.
   */
  public String hardwareId() {
    String uuid = hardwareUuid.strip().toLowerCase(Locale.ROOT);
    if (machineId.isPresent()) {
      return id("machine-id", machineId.get());
    }
    return NO_UUID.contains(uuid) ? id("hostname", "") : id("uuid", uuid);
  }

  /**
   * The host name as far as an {@link AgentId} may look like it; {@code host} when nothing is left.
   */
  public AgentId suggestedAgentName() {
    String name =
        hostname
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]+", "-")
            .replaceAll("^[._-]+", "");
    String cut = name.substring(0, Math.min(name.length(), MAX_AGENT_NAME));
    return new AgentId(cut.isEmpty() ? "host" : cut);
  }

  private String id(String source, String value) {
    String bound = String.join("\0", "sentinel/hardware-id", source, value, hostname);
    String hex = Sha256.of(bound.getBytes(StandardCharsets.UTF_8)).toHex();
    return source + ":" + hex.substring(0, ID_HEX_DIGITS);
  }

  private static Optional<String> readMachineId() {
    for (Path file : MACHINE_ID_FILES) {
      try {
        String id = Files.readString(file, StandardCharsets.US_ASCII).strip();
        if (id.matches("[0-9a-f]{32}")) {
          return Optional.of(id);
        }
      } catch (IOException _) {
        // not every system has this file; the next may be there
      }
    }
    return Optional.empty();
  }
}
