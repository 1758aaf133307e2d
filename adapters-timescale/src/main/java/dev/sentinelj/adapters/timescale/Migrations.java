package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.INSTALLATION;
import static dev.sentinelj.adapters.timescale.jooq.Tables.V_STORE;

import dev.sentinelj.ports.PortUnavailableException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings a database to the schema of this build. Several processes may do so at once: one does, the
 * others wait.
 */
public final class Migrations {
  private static final String[] LOCATIONS = {
    "classpath:db/migration/common", "classpath:db/migration/native"
  };

  private Migrations() {}

  /** Whether a database may be used that loses commits with the power. */
  public enum Durability {
    /** {@code fsync} and {@code synchronous_commit} must be on. */
    REQUIRED,
    /** For tests and throw-away installations. */
    NOT_NEEDED
  }

  /** The database cannot keep the promise that a commit survives; the message names the setting. */
  public static final class NotDurableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotDurableException(String setting) {
      super(
          "PostgreSQL runs with "
              + setting
              + "=off, so a commit may be lost with the power: set it to on");
    }
  }

  /**
   * Migrates, and fixes the number of partitions if this is a new installation.
   *
   * @param partitions for a new installation, 1 to 1,024
   * @return the number of partitions of this installation, which never changes
   * @throws NotDurableException when {@code durability} is required and not given
   * @throws PortUnavailableException when the database does not answer or refuses the schema
   */
  public static int run(Database database, int partitions, Durability durability) {
    run(database, "latest");
    if (durability == Durability.REQUIRED) {
      requireDurable(database);
    }
    return fixPartitions(database, partitions);
  }

  /** Migrates up to a version, and does nothing else. */
  static void run(Database database, String version) {
    try {
      Flyway.configure()
          .dataSource(database.pool())
          .locations(LOCATIONS)
          .cleanDisabled(true)
          .target(version)
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new PortUnavailableException("migrating the database", e);
    }
  }

  private static void requireDurable(Database database) {
    var store = database.ask("reading the settings", dsl -> dsl.selectFrom(V_STORE).fetchSingle());
    if ("off".equals(store.getFsync())) {
      throw new NotDurableException("fsync");
    }
    if ("off".equals(store.getSynchronousCommit())) {
      throw new NotDurableException("synchronous_commit");
    }
  }

  private static int fixPartitions(Database database, int partitions) {
    return database.transact(
        "reading the number of partitions",
        dsl -> {
          dsl.insertInto(INSTALLATION)
              .set(INSTALLATION.PARTITIONS, partitions)
              .onConflictDoNothing()
              .execute();
          return dsl.select(INSTALLATION.PARTITIONS).from(INSTALLATION).fetchSingle().value1();
        });
  }
}
