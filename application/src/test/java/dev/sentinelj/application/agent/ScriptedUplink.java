package dev.sentinelj.application.agent;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.ports.driven.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Writes down what is sent, and says what the test tells it to. */
final class ScriptedUplink implements Uplink {
  final List<Line> lines = new ArrayList<>();

  @Override
  public Session open(Opening opening, Consumer<Downlink> events) {
    Line line = new Line(opening, events);
    lines.add(line);
    return line;
  }

  Line last() {
    return lines.getLast();
  }

  static final class Line implements Session {
    final Opening opening;
    final List<Submission> pushed = new ArrayList<>();
    final List<Long> heartbeats = new ArrayList<>();
    final List<ReconcileQuery> questions = new ArrayList<>();
    final List<Long> closings = new ArrayList<>();
    boolean ready = true;
    boolean closed;
    private final Consumer<Downlink> events;

    Line(Opening opening, Consumer<Downlink> events) {
      this.opening = opening;
      this.events = events;
    }

    void says(Downlink event) {
      events.accept(event);
    }

    List<Long> seqs() {
      return pushed.stream().map(one -> one.batch().id().seq()).toList();
    }

    Submission latest(long seq) {
      return pushed.stream()
          .filter(one -> one.batch().id().seq() == seq)
          .reduce((_, later) -> later)
          .orElseThrow(() -> new AssertionError(seq + " was not sent, only " + seqs()));
    }

    List<Sha256> attachedTo(int index) {
      return pushed.get(index).envelope().envelope().attached();
    }

    @Override
    public void push(Submission submission) {
      pushed.add(submission);
    }

    @Override
    public boolean ready() {
      return ready;
    }

    @Override
    public void heartbeat(long sentAtMillis) {
      heartbeats.add(sentAtMillis);
    }

    @Override
    public void reconcile(ReconcileQuery query) {
      questions.add(query);
    }

    @Override
    public void closeEpoch(long epoch) {
      closings.add(epoch);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
