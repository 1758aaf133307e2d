package dev.sentinelj.runners.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.auditor.Audit;
import dev.sentinelj.auditor.EpochAudit;
import dev.sentinelj.auditor.Finding;
import dev.sentinelj.auditor.Scope;
import dev.sentinelj.auditor.SeqSpan;
import dev.sentinelj.auditor.Verdict;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AuditReportTest {
  private static final EpochAudit GOOD =
      new EpochAudit(
          "web-1.example",
          0x2d9a06970b06794eL,
          Verdict.OK,
          1_234_567,
          1_234_000,
          500,
          67,
          0,
          0,
          0,
          0,
          99,
          99,
          List.of(),
          0,
          List.of());
  private static final EpochAudit BAD =
      new EpochAudit(
          "web-2.example",
          -1,
          Verdict.UNACCOUNTED,
          30,
          20,
          0,
          0,
          0,
          0,
          0,
          10,
          2,
          3,
          List.of(new SeqSpan(2, 2)),
          0,
          List.of(new Finding(Finding.Kind.CHAIN, true, 10, "between seq 1 and 3")));

  private static final EpochAudit BAD_OF_THE_SAME =
      new EpochAudit(
          "web-1.example",
          0x700000000L,
          Verdict.UNACCOUNTED,
          30,
          20,
          0,
          0,
          0,
          0,
          0,
          10,
          2,
          3,
          List.of(),
          0,
          List.of());

  @Test
  void table_ofAGoodAudit_fitsEightyColumnsAndSaysSo() {
    String table = report("table", GOOD);

    assertThat(table.lines().filter(line -> line.contains("web-1")))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80).endsWith("ok"));
    assertThat(table)
        .contains("1234567 collected = 1234000 stored + 500 quarantined + 67 lost")
        .endsWith("every sample is accounted for");
  }

  @Test
  void table_ofABadAudit_namesWhatIsWrong() {
    String table = report("table", GOOD, BAD);

    assertThat(table)
        .contains("! web-2.example ffffffff: between seq 1 and 3")
        .contains("10 unaccounted")
        .contains("NOT every sample");
  }

  @Test
  void table_ofManyEpochs_foldsThoseThatAreOk_andHidesNoOther() {
    EpochAudit[] many = new EpochAudit[12];
    Arrays.fill(many, GOOD);
    many[5] = BAD_OF_THE_SAME;

    assertThat(report("table", many).lines().limit(3).map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "AGENT EPOCH COLLECTED STORED QUARANTINED LOST UNACCOUNTED VERDICT",
            "web-1.example 00000007 30 20 0 0 10 UNACCOUNTED",
            "web-1.example 11 epochs 13580237 13574000 5500 737 0 ok");
    assertThat(report("csv", many).lines()).hasSize(13);
  }

  @Test
  void table_ofTenEpochs_hasALineForEach() {
    EpochAudit[] ten = new EpochAudit[10];
    Arrays.fill(ten, GOOD);

    assertThat(report("table", ten).lines().filter(line -> line.contains("2d9a0697"))).hasSize(10);
  }

  @Test
  void watched_standsUnderItsTime_andIsADocumentOfYaml() {
    WatchedAudit watched =
        new WatchedAudit(
            AuditReport.of(new Audit(0, List.of(GOOD), List.of()), Scope.ALL), 1_000_500);

    assertThat(watched.as("table")).startsWith("1970-01-01T00:16:40Z\nAGENT");
    assertThat(watched.as("yaml")).startsWith("---\nat: ");
    assertThat(watched.as("csv")).startsWith("AGENT,");
    assertThat(watched.as("json")).startsWith("{");
  }

  @Test
  void table_ofNothing_saysSo() {
    assertThat(report("table")).isEqualTo("nothing to audit yet: no agent has sent anything");
  }

  @Test
  void json_ofABadAudit_hasEverything() {
    JsonNode root = ApiClient.JSON.readTree(report("json", GOOD, BAD));

    JsonNode bad = root.path("epochs").path(1);
    assertThat(root.path("accounted").asBoolean()).isFalse();
    assertThat(root.path("totals").path("unaccounted").asLong()).isEqualTo(10);
    assertThat(bad.path("epoch").asString()).isEqualTo("ffffffffffffffff");
    assertThat(bad.path("verdict").asString()).isEqualTo("unaccounted");
    assertThat(bad.path("missing_seqs").toString()).isEqualTo("[[2,2]]");
    assertThat(bad.path("findings").path(0).path("kind").asString()).isEqualTo("chain");
  }

  @Test
  void yaml_ofABadAudit_isIndentedAsItNests() {
    assertThat(report("yaml", BAD).lines())
        .contains(
            "accounted: false",
            "  unaccounted: 10",
            "epochs:",
            "  - agent: \"web-2.example\"",
            "    verdict: \"unaccounted\"",
            "    missing_seqs:",
            "      - - 2",
            "        - 2",
            "      - kind: \"chain\"",
            "        samples: 10",
            "recounts: []");
  }

  @Test
  void csv_ofAnAudit_hasOneLinePerEpoch() {
    assertThat(report("csv", GOOD, BAD).lines())
        .containsExactly(
            "AGENT,EPOCH,VERDICT,COLLECTED,STORED,QUARANTINED,LOST,OVERFLOW,MOVED,IN FLIGHT,UNACCOUNTED,BATCHES,LAST SEQ,PARKED",
            "web-1.example,2d9a06970b06794e,ok,1234567,1234000,500,67,0,0,0,0,99,99,0",
            "web-2.example,ffffffffffffffff,unaccounted,30,20,0,0,0,0,0,10,2,3,0");
  }

  private static String report(String format, EpochAudit... epochs) {
    return AuditReport.of(new Audit(0, List.of(epochs), List.of()), Scope.ALL).as(format);
  }
}
