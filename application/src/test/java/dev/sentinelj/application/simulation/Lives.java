package dev.sentinelj.application.simulation;

import dev.sentinelj.testkit.sim.SimulatedProcess;
import dev.sentinelj.testkit.sim.SimulatedWorld;

/** A process that is killed and begins again; what it keeps is up to what it is. */
abstract class Lives {
  private final SimulatedWorld world;
  private final String name;
  private SimulatedProcess process;
  private int life;
  private boolean mourned;

  Lives(SimulatedWorld world, String name) {
    this.world = world;
    this.name = name;
    this.process = world.process(name);
  }

  /** Makes everything of a new life. */
  protected abstract void begin(SimulatedProcess process);

  /** The process was killed: what it held is gone. */
  protected abstract void died();

  final SimulatedProcess process() {
    return process;
  }

  final String name() {
    return name;
  }

  final int life() {
    return life;
  }

  final boolean alive() {
    return process.alive();
  }

  /**
   * Kills it now, or at the {@code steps}-th step from now, and has it begin again.
   *
   * @param steps 0 for now
   */
  final void killAfter(long steps, long awayMillis) {
    if (!alive()) {
      return;
    }
    if (steps == 0) {
      kill();
      beginAfter(awayMillis);
    } else {
      int dying = life;
      process.dieAfter(
          steps,
          () -> {
            if (life == dying) {
              kill();
              beginAfter(awayMillis);
            }
          });
    }
  }

  final void kill() {
    process.kill();
    if (!mourned) {
      mourned = true;
      died();
    }
  }

  final void beginAfter(long millis) {
    int ended = life;
    world
        .events()
        .schedule(
            millis,
            () -> {
              if (life == ended) {
                beginAgain();
              }
            });
  }

  final void beginIfDead() {
    if (!alive()) {
      beginAgain();
    }
  }

  private void beginAgain() {
    kill();
    process = world.process(name);
    mourned = false;
    life++;
    begin(process);
  }
}
