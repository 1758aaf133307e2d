package dev.sentinelj.runners.standalone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.channels.FileChannel;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows of docs/ARCHITECTURE.md, as sentences. */
class HexagonTest {
  private static final String ROOT = "dev.sentinelj";
  private static final JavaClasses SENTINEL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /**
   * What a class file may name without a dependency of its module: the JDK's base and annotations.
   */
  private static final String[] BASE = {
    "java.lang..",
    "java.io..",
    "java.math..",
    "java.net..",
    "java.nio..",
    "java.security..",
    "java.text..",
    "java.time..",
    "java.util..",
    "javax.crypto..",
    "org.jspecify.."
  };

  /** A rule about a package that does not exist passes; this is what stops that. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "core.batch",
        "core.signing",
        "core.wal",
        "core.window",
        "core.block",
        "ports.driven",
        "ports.driving",
        "application.agent",
        "application.gateway",
        "application.worker",
        "application.access",
        "adapters.memory",
        "adapters.files",
        "adapters.protobuf",
        "adapters.grpc",
        "adapters.timescale",
        "adapters.http",
        "adapters.sysinfo",
        "runners.agent",
        "runners.server",
        "runners.worker",
        "runners.standalone",
        "runners.cli",
        "runners.runtime",
        "auditor",
        "proto"
      })
  void everyPackageTheRulesName_hasClasses(String name) {
    assertThat(SENTINEL.getPackage(ROOT + "." + name).getClassesInPackageTree()).isNotEmpty();
  }

  @Test
  void core_dependsOnNothingButJava() {
    classes()
        .that(resideInAPackage("dev.sentinelj.core.."))
        .should()
        .onlyDependOnClassesThat(in(BASE).or(resideInAPackage("dev.sentinelj.core..")))
        .check(SENTINEL);
  }

  @Test
  void ports_speakTheDomainOnly() {
    classes()
        .that(resideInAPackage("dev.sentinelj.ports.."))
        .should()
        .onlyDependOnClassesThat(
            in(BASE).or(resideInAnyPackage("dev.sentinelj.core..", "dev.sentinelj.ports..")))
        .check(SENTINEL);
  }

  @Test
  void application_seesPortsAndCoreOnly() {
    classes()
        .that(resideInAPackage("dev.sentinelj.application.."))
        .should()
        .onlyDependOnClassesThat(
            in(BASE)
                .or(
                    resideInAnyPackage(
                        "dev.sentinelj.core..",
                        "dev.sentinelj.ports..",
                        "dev.sentinelj.application..")))
        .check(SENTINEL);
  }

  @Test
  void adapters_doNotSeeEachOther() {
    slices()
        .matching("dev.sentinelj.adapters.(*)..")
        .should()
        .notDependOnEachOther()
        .check(SENTINEL);
  }

  @Test
  void adapters_seeNeitherApplicationNorRunners() {
    noClasses()
        .that(resideInAPackage("dev.sentinelj.adapters.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("dev.sentinelj.application..", "dev.sentinelj.runners.."))
        .check(SENTINEL);
  }

  @Test
  void messages_areSeenByProtobufAndGrpcOnly() {
    noClasses()
        .that(
            resideInAPackage("dev.sentinelj..")
                .and(
                    DescribedPredicate.not(
                        resideInAnyPackage(
                            "dev.sentinelj.proto..",
                            "dev.sentinelj.adapters.protobuf..",
                            "dev.sentinelj.adapters.grpc.."))))
        .should()
        .dependOnClassesThat(resideInAPackage("dev.sentinelj.proto.."))
        .check(SENTINEL);
  }

  @Test
  void dagger_livesInRunnersOnly() {
    noClasses()
        .that(
            resideInAPackage("dev.sentinelj..")
                .and(DescribedPredicate.not(resideInAPackage("dev.sentinelj.runners.."))))
        .should()
        .dependOnClassesThat(resideInAnyPackage("dagger..", "jakarta.inject..", "javax.inject.."))
        .check(SENTINEL);
  }

  /** Who checks the books does not share code with who keeps them. */
  @Test
  void theAuditor_knowsNothingOfOursButTheSchema() {
    classes()
        .that(resideInAPackage("dev.sentinelj.auditor.."))
        .should()
        .onlyDependOnClassesThat(
            in(BASE).or(resideInAnyPackage("dev.sentinelj.auditor..", "java.sql..")))
        .check(SENTINEL);
  }

  @Test
  void theAuditor_isUsedByRunnersOnly() {
    noClasses()
        .that(
            resideInAPackage("dev.sentinelj..")
                .and(
                    DescribedPredicate.not(
                        resideInAnyPackage("dev.sentinelj.auditor..", "dev.sentinelj.runners.."))))
        .should()
        .dependOnClassesThat(resideInAPackage("dev.sentinelj.auditor.."))
        .check(SENTINEL);
  }

  @Test
  void theCommandLine_knowsNothingOfTheRestButTheAuditor() {
    classes()
        .that(resideInAPackage("dev.sentinelj.runners.cli.."))
        .should()
        .onlyDependOnClassesThat(
            in(BASE)
                .or(
                    resideInAnyPackage(
                        "dev.sentinelj.runners.cli..",
                        "dev.sentinelj.auditor..",
                        "com.github.rvesse.airline..",
                        "tools.jackson..",
                        "com.fasterxml.jackson.annotation..")))
        .check(SENTINEL);
  }

  @Test
  void time_isReadInRunnersOnly() {
    noClasses()
        .that(
            resideInAnyPackage(
                "dev.sentinelj.core..",
                "dev.sentinelj.ports..",
                "dev.sentinelj.application..",
                "dev.sentinelj.adapters.memory..",
                "dev.sentinelj.adapters.protobuf.."))
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe("reads a clock", access -> readsAClock(access.getTarget())))
        .check(SENTINEL);
  }

  @Test
  void threads_areNeitherMadeNorHeldInTheLogic() {
    noClasses()
        .that(
            resideInAnyPackage(
                "dev.sentinelj.core..", "dev.sentinelj.ports..", "dev.sentinelj.application.."))
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "make or stop threads",
                type ->
                    type.isEquivalentTo(Thread.class)
                        || type.isAssignableTo(ExecutorService.class)
                        || type.getName().startsWith("java.util.concurrent.locks.")))
        .check(SENTINEL);
  }

  @Test
  void filesOfTheLog_areNeverClosedByAnInterrupt() {
    noClasses()
        .that(
            resideInAPackage("dev.sentinelj..")
                .and(
                    DescribedPredicate.describe(
                        "touch a file channel",
                        type ->
                            type.getDirectDependenciesFromSelf().stream()
                                .anyMatch(
                                    d -> d.getTargetClass().isEquivalentTo(FileChannel.class)))))
        .should()
        .callMethod(Thread.class, "interrupt")
        .orShould()
        .callMethod(ExecutorService.class, "shutdownNow")
        .orShould()
        .callMethod(Future.class, "cancel", boolean.class)
        .check(SENTINEL);
  }

  @Test
  void everyPackage_isNullMarked() {
    assertThat(
            SENTINEL.stream()
                .filter(type -> !type.getPackageName().startsWith("dev.sentinelj.proto"))
                .filter(type -> !type.getPackageName().contains(".jooq"))
                .map(JavaClass::getPackage)
                .distinct()
                .filter(type -> !type.isAnnotatedWith(NullMarked.class))
                .map(type -> type.getName()))
        .isEmpty();
  }

  @Test
  void names_sayMoreThanTheirKind() {
    noClasses()
        .that(
            resideInAPackage("dev.sentinelj..")
                .and(
                    DescribedPredicate.not(resideInAnyPackage("dev.sentinelj.proto..", "..jooq..")))
                .and(
                    DescribedPredicate.describe(
                        "are written by hand", type -> !type.getName().contains(".Dagger"))))
        .should()
        .haveNameMatching(".*(Impl|Manager|Helper|Utils?)$")
        .check(SENTINEL);
  }

  private static DescribedPredicate<JavaClass> in(String... packages) {
    return resideInAnyPackage(packages)
        .or(
            DescribedPredicate.describe(
                "arrays and primitives", type -> type.isArray() || type.isPrimitive()));
  }

  private static boolean readsAClock(AccessTarget target) {
    JavaClass owner = target.getOwner();
    boolean now =
        target.getName().equals("now")
            && (owner.isEquivalentTo(Instant.class) || owner.isEquivalentTo(LocalDateTime.class));
    boolean system =
        owner.isEquivalentTo(System.class)
            && (target.getName().equals("currentTimeMillis")
                || target.getName().equals("nanoTime"));
    boolean clock = owner.isEquivalentTo(Clock.class) && target.getName().startsWith("system");
    return now || system || clock;
  }
}
