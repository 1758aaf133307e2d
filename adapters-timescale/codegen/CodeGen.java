import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jooq.Constants;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Logging;
import org.jooq.meta.jaxb.Target;

/**
 * Generates the jOOQ classes from the schema that the migrations really make, in an embedded
 * PostgreSQL. Maven runs this file in the source launcher. A stamp over its inputs makes an
 * unchanged schema cost nothing.
 *
 * <p>Arguments: the folder of migrations, the folder to write to, this file.
 */
public final class CodeGen {
  private static final String PACKAGE = "dev.sentinelj.adapters.timescale.jooq";

  /** Day partitions come and go at run time; the code names their parents only. */
  private static final String EXCLUDED = "flyway_schema_history|.*_p\\d+|.*_default";

  private CodeGen() {}

  public static void main(String[] args) throws Exception {
    Path migrations = Path.of(args[0]);
    Path output = Path.of(args[1]);
    List<Path> scripts = scripts(migrations);
    String wanted = stamp(migrations, scripts, Path.of(args[2]));
    Path stamp = output.resolve(".stamp");
    if (Files.exists(stamp) && Files.readString(stamp).equals(wanted)) {
      return;
    }
    delete(output);
    Files.createDirectories(output);
    if (!scripts.isEmpty()) {
      generate(migrations, output);
    }
    Files.writeString(stamp, wanted);
  }

  private static void generate(Path migrations, Path output) throws Exception {
    try (var postgres = EmbeddedPostgres.builder().start()) {
      var database = postgres.getPostgresDatabase();
      Flyway.configure()
          .dataSource(database)
          .locations("filesystem:" + migrations)
          .load()
          .migrate();
      try (var connection = database.getConnection()) {
        var tool = new GenerationTool();
        tool.setConnection(connection);
        tool.run(
            new Configuration()
                .withLogging(Logging.WARN)
                .withGenerator(
                    new Generator()
                        .withDatabase(
                            new Database()
                                .withName("org.jooq.meta.postgres.PostgresDatabase")
                                .withInputSchema("public")
                                .withOutputSchemaToDefault(true)
                                .withExcludes(EXCLUDED))
                        .withGenerate(new Generate().withGeneratedAnnotation(true))
                        .withTarget(
                            new Target()
                                .withPackageName(PACKAGE)
                                .withDirectory(output.toString()))));
      }
    }
  }

  private static List<Path> scripts(Path migrations) throws IOException {
    if (!Files.isDirectory(migrations)) {
      return List.of();
    }
    try (var files = Files.walk(migrations)) {
      return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
  }

  private static String stamp(Path migrations, List<Path> scripts, Path self) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    digest.update(Constants.FULL_VERSION.getBytes());
    digest.update(Files.readAllBytes(self));
    for (Path script : scripts) {
      digest.update(migrations.relativize(script).toString().getBytes());
      digest.update(Files.readAllBytes(script));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
