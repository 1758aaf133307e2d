package dev.sentinelj.core.failpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FailpointTest {

  @Test
  void hit_unarmed_doesNothing() {
    assertThatCode(() -> Arrays.stream(Failpoint.values()).forEach(Failpoint::hit))
        .doesNotThrowAnyException();
  }

  @Test
  void armed_throwsOnTheNamedHitOnly() {
    Failpoint.Armed armed = Failpoint.Armed.parse("worker.copied:2:throw");

    armed.hit();

    assertThat(armed.point).isEqualTo(Failpoint.WORKER_COPIED);
    assertThatThrownBy(armed::hit).isInstanceOf(FailpointException.class);
    assertThatCode(armed::hit).doesNotThrowAnyException();
  }

  @Test
  void parse_whatItDoesNotKnow_isRefused() {
    assertThatThrownBy(() -> Failpoint.Armed.parse("worker.copied"))
        .hasMessageContaining("NAME:HIT:ACTION");
    assertThatThrownBy(() -> Failpoint.Armed.parse("nowhere:1:halt"))
        .hasMessageContaining("nowhere");
    assertThatThrownBy(() -> Failpoint.Armed.parse("worker.copied:1:sleep"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ids_areInTheDocumentation() throws IOException {
    String documentation = Files.readString(Path.of("..", "docs", "ARCHITECTURE.md"));

    assertThat(Failpoint.values())
        .allSatisfy(point -> assertThat(documentation).contains("| `" + point.id() + "` |"));
  }

  @Test
  void ids_areDistinct() {
    assertThat(Arrays.stream(Failpoint.values()).map(Failpoint::id)).doesNotHaveDuplicates();
  }
}
