package dev.sentinelj.adapters.sysinfo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostIdentityTest {
  private static final String MACHINE_ID = "0123456789abcdef0123456789abcdef";

  private static HostIdentity host(String uuid, String name) {
    return new HostIdentity(Optional.empty(), uuid, name);
  }

  @Test
  void thisHost_saysTheSameTwice() {
    assertThat(HostIdentity.ofThisHost().hardwareId())
        .isEqualTo(HostIdentity.ofThisHost().hardwareId())
        .matches("(machine-id|uuid|hostname):[0-9a-f]{32}");
  }

  @Test
  void machineId_goesFirstAndIsNotTold() {
    HostIdentity host = new HostIdentity(Optional.of(MACHINE_ID), "some-uuid", "web-1");

    assertThat(host.hardwareId()).startsWith("machine-id:").doesNotContain(MACHINE_ID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "Unknown", "", "00000000-0000-0000-0000-000000000000"})
  void uuidThatIsNone_isNotUsed(String uuid) {
    assertThat(host(uuid, "web-1").hardwareId()).startsWith("hostname:");
  }

  @Test
  void uuid_isUsedWithoutAMachineId() {
    assertThat(host("4C4C4544-0043", "web-1").hardwareId()).startsWith("uuid:");
  }

  @Test
  void copyOfAMachine_underAnotherName_isAnother() {
    assertThat(host("4C4C4544-0043", "web-1").hardwareId())
        .isNotEqualTo(host("4C4C4544-0043", "web-2").hardwareId());
  }

  @ParameterizedTest
  @CsvSource({
    "web-1,web-1",
    "Web 1.Example.ORG,web-1.example.org",
    "-x,x",
    "'',host",
    "___,host",
    "größe,gr-e"
  })
  void suggestedName_isAnAgentId(String hostname, String name) {
    assertThat(host("", hostname).suggestedAgentName().value()).isEqualTo(name);
  }

  @Test
  void suggestedName_ofALongHost_isCut() {
    assertThat(host("", "a".repeat(300)).suggestedAgentName().value()).hasSize(63);
  }
}
