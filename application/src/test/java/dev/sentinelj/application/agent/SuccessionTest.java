package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.MovedRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two machines with one log: both contents are stored, each once, whatever dies when. */
class SuccessionTest {
  private static final int POLLS = 200;

  private final ModelServer server = new ModelServer();
  private final ForkedHost first = ForkedHost.create(server, 1);

  @Test
  void twin_behindTheMarks_goesOnInANewEpochAndCopiesWhatIsNotStored() {
    first.collect(3, "shared");
    first.pass(5);
    ForkedHost twin = first.twin(2);
    first.collect(2, "first");
    first.pass(5);
    long epoch = twin.disk.current().epoch();
    server.commits = false;

    twin.collect(1, "twin");
    server.commits = true;
    twin.pass(POLLS);

    assertThat(twin.disk.current().epoch()).isNotEqualTo(epoch);
    assertThat(twin.settled()).isTrue();
    assertThat(twin.agent.status(twin.now).copies()).isEqualTo(1);
    assertThat(server.closed).containsExactly(epoch);
    assertThat(server.moves)
        .containsExactly(
            new MovedRecord(epoch, 4, 4, List.of(new MovedRecord.Entry(4, 4, 1)), List.of()));
    assertStoredOnce(first, twin);
  }

  @Test
  void first_hearingThatItsEpochIsClosed_goesOnInANewOneToo() {
    first.collect(3, "shared");
    first.pass(5);
    ForkedHost twin = first.twin(2);
    first.collect(2, "first");
    first.pass(5);
    twin.pass(POLLS);

    first.collect(2, "late");
    first.pass(POLLS);

    assertThat(first.disk.current().epoch()).isNotEqualTo(twin.disk.current().epoch());
    assertThat(first.settled()).isTrue();
    assertStoredOnce(first, twin);
  }

  @Test
  void sharedUnsentPart_isStoredOnceAlthoughBothCarryItOver() {
    first.pass(5);
    server.commits = false;
    first.collect(4, "shared");
    first.pass(5);
    ForkedHost twin = first.twin(2);
    server.fork(first.disk.current().epoch());
    server.commits = true;

    first.pass(POLLS);
    twin.pass(POLLS);

    assertThat(first.settled()).isTrue();
    assertThat(twin.settled()).isTrue();
    assertThat(first.agent.status(first.now).copies()).isEqualTo(4);
    assertStoredOnce(first, twin);
  }

  @Test
  void fork_onADiskThatFails_saysSo_andGoesOnWhenItWorksAgain() {
    first.collect(3, "shared");
    first.pass(5);
    server.fork(first.disk.current().epoch());
    first.diskFails = true;
    first.pass(POLLS);
    assertThat(first.agent.status(first.now).trouble()).contains("no other can be begun");

    first.diskFails = false;
    while (first.disk.formers().isEmpty()) {
      first.pass(1);
    }
    first.diskFails = true;
    first.pass(POLLS);
    assertThat(first.agent.status(first.now).trouble()).contains("carrying over a former log");

    first.diskFails = false;
    first.pass(POLLS);
    assertThat(first.agent.status(first.now).trouble()).isEmpty();
    assertThat(first.settled()).isTrue();
  }

  @Test
  void log_thatCannotBeRead_endsTheSession_andIsShippedLater() {
    first.collect(1, "shared");
    first.pass(5);
    first.readsFail = true;
    first.collect(2, "shared");
    first.pass(POLLS);
    assertThat(first.agent.status(first.now).shipping().state()).isNotEqualTo(Exporter.State.OPEN);
    assertThat(first.agent.status(first.now).shipping().lastError()).contains("cannot be read");

    first.readsFail = false;
    first.pass(5 * POLLS);
    assertThat(first.settled()).isTrue();
  }

  @Test
  void fork_againWhileTheFormerIsCopied_carriesBothOver() {
    first.pass(5);
    server.commits = false;
    first.collect(6, "shared");
    long epoch = first.disk.current().epoch();
    server.fork(epoch);
    while (first.disk.formers().isEmpty()) {
      first.pass(1);
    }
    long second = first.disk.current().epoch();
    first.collect(2, "second");
    while (first.agent.status(first.now).copies() == 0) {
      first.pass(1);
    }
    server.fork(second);
    server.commits = true;
    first.pass(POLLS);

    assertThat(first.settled()).isTrue();
    assertThat(first.disk.current().epoch()).isNotIn(epoch, second);
    assertThat(server.closed).containsExactlyInAnyOrder(epoch, second);
    assertThat(server.moves).extracting(MovedRecord::epoch).contains(epoch, second);
    assertThat(server.needless).isZero();
    assertStoredOnce(first);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void deathAtEveryCall_losesNothingAndDoublesNothing(boolean forkedAgain) {
    int deaths = 0;
    while (!new SuccessionTest().story(++deaths, forkedAgain)) {
      // one death later
    }

    assertThat(deaths).isGreaterThan(30);
  }

  /** Returns whether the twin lived through it. */
  private boolean story(int deathAt, boolean forkedAgain) {
    first.collect(3, "shared");
    first.pass(5);
    server.commits = false;
    first.collect(3, "not committed");
    first.pass(5);
    ForkedHost twin = first.twin(2);
    server.fork(first.disk.current().epoch());
    server.commits = true;
    twin.dieAt(deathAt);
    boolean died =
        died(() -> {
          twin.collect(2, "twin");
          live(twin, forkedAgain);
        });
    if (died) {
      twin.restart();
    }
    twin.dieAt(Long.MAX_VALUE);
    live(twin, forkedAgain);
    twin.collect(1, "after");
    twin.pass(POLLS);
    first.pass(POLLS);

    assertThat(twin.settled())
        .as("settled after a death at call %d: %s", deathAt, twin.agent.status(twin.now))
        .isTrue();
    assertThat(first.settled())
        .as("the first one settled, death at call %d: %s", deathAt, first.agent.status(first.now))
        .isTrue();
    assertStoredOnce(first, twin);
    return !died;
  }

  private void live(ForkedHost host, boolean forkedAgain) {
    for (int poll = 0; poll < POLLS; poll++) {
      host.pass(1);
      boolean copying = !host.disk.formers().isEmpty() && host.disk.current().durableThrough() > 2;
      if (forkedAgain && copying && server.forked.size() == 1) {
        server.fork(host.disk.current().epoch());
      }
    }
  }

  private static boolean died(Runnable life) {
    try {
      life.run();
      return false;
    } catch (ForkedHost.Death _) {
      return true;
    }
  }

  private void assertStoredOnce(ForkedHost... hosts) {
    Set<Object> promised = new HashSet<>();
    for (ForkedHost host : hosts) {
      promised.addAll(host.promised);
    }
    List<Object> missing = new ArrayList<>(promised);
    missing.removeAll(server.contents);
    assertThat(missing).as("promised and not stored").isEmpty();
    assertThat(server.samples.values()).as("times stored").containsOnly(1);
  }
}
