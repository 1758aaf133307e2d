package dev.sentinelj.adapters.timescale;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SchemaReadmeTest {
  private static final Pattern SQL = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);

  @Test
  void queriesOfTheReadme_runOnTheSchema() throws IOException {
    String readme = Files.readString(Path.of("../sql/README.md"));
    List<String> queries =
        SQL.matcher(readme).results().map((MatchResult one) -> one.group(1)).toList();

    try (Database database = PostgresForTests.migrated()) {
      assertThat(queries)
          .hasSizeGreaterThan(2)
          .allSatisfy(query -> assertThat(PostgresForTests.sql(database, query)).isEmpty());
    }
  }
}
