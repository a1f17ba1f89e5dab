package com.github.shiroedev2024.leaf.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
class ArchitectureTest {
  private static final String LEAF = "com.github.shiroedev2024.leaf.";
  private static final String ENGINE = LEAF + "engine..";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(LEAF + "engine", LEAF + "runtime", LEAF + "api", LEAF + "core");

  @Test
  void engineKnowsNoOtherModule() {
    noClasses()
        .that()
        .resideInAPackage(ENGINE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(LEAF + "runtime..", LEAF + "api..", LEAF + "core..")
        .check(CLASSES);
  }

  @Test
  void runtimeKnowsNeitherApiNorCore() {
    noClasses()
        .that()
        .resideInAPackage(LEAF + "runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(LEAF + "api..", LEAF + "core..")
        .check(CLASSES);
  }

  @Test
  void apiSeesTheRuntimeThroughItsControlOnly() {
    noClasses()
        .that()
        .resideInAPackage(LEAF + "api..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(ENGINE, LEAF + "core..")
                .or(
                    resideInAPackage(LEAF + "runtime..")
                        .and(DescribedPredicate.not(resideInAPackage(LEAF + "runtime.control..")))))
        .check(CLASSES);
  }

  @Test
  void protocolsTransportsAndGroupsDoNotKnowTheirSiblings() {
    slices()
        .assignedFrom(new Siblings())
        .should()
        .notDependOnEachOther()
        .ignoreDependency(
            resideInAPackage(LEAF + "engine.protocol.mixed.."),
            resideInAnyPackage(LEAF + "engine.protocol.socks..", LEAF + "engine.protocol.http.."))
        .check(CLASSES);
  }

  @Test
  void onlyTheRegistryImportsConcreteTypes() {
    String[] concrete = {
      LEAF + "engine.protocol..", LEAF + "engine.transport..", LEAF + "engine.group.."
    };
    noClasses()
        .that()
        .resideOutsideOfPackages(
            LEAF + "engine.protocol..",
            LEAF + "engine.transport..",
            LEAF + "engine.group..",
            LEAF + "engine.registry..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(concrete)
        .check(CLASSES);
  }

  @Test
  void onlyTheRegistryKnowsTheSniffers() {
    noClasses()
        .that()
        .resideOutsideOfPackages(LEAF + "engine.registry..", LEAF + "engine.sniff..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(".*\\.engine\\.sniff\\..+Sniffer")
        .check(CLASSES);
  }

  @Test
  void epollIsNamedWhereSocketsAreMade() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            LEAF + "engine.os..", LEAF + "engine.listen..", LEAF + "engine.dial..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty.channel.epoll..")
        .check(CLASSES);
  }

  @Test
  void theNativeTlsLibraryIsCalledInOnePlace() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(LEAF + "engine.transport.tls.NativeRecords")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty.internal.tcnative..")
        .check(CLASSES);
  }

  @Test
  void foreignFunctionsAreCalledInOsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(LEAF + "engine.os..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(CLASSES);
  }

  @Test
  void jsonStaysAtTheEdges() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            LEAF + "runtime.config..",
            LEAF + "runtime.link..",
            LEAF + "runtime.prefs..",
            LEAF + "api..",
            LEAF + "core..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.google.gson..")
        .check(CLASSES);
  }

  @Test
  void vertxStaysInApiAndCore() {
    noClasses()
        .that()
        .resideOutsideOfPackages(LEAF + "api..", LEAF + "core..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx..")
        .check(CLASSES);
  }

  @Test
  void engineNeverBlocksNorReadsTheClock() {
    noClasses()
        .that()
        .resideInAPackage(ENGINE)
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(io.netty.util.concurrent.Future.class, "sync")
        .orShould()
        .callMethod(io.netty.util.concurrent.Future.class, "await")
        .orShould()
        .callMethod(io.netty.channel.ChannelFuture.class, "sync")
        .orShould()
        .callMethod(io.netty.channel.ChannelFuture.class, "await")
        .orShould()
        .callMethod(java.util.concurrent.CompletableFuture.class, "join")
        .orShould()
        .callMethod(java.util.concurrent.CompletableFuture.class, "get")
        .orShould()
        .callMethod(java.util.concurrent.Future.class, "get")
        .check(CLASSES);
  }

  @Test
  void engineHoldsNoMutableStatics() {
    noFields()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage(ENGINE)
        .and()
        .areStatic()
        .should()
        .notBeFinal()
        .check(CLASSES);
  }

  @Test
  void noPackageCyclesInAnyModule() {
    for (String module : new String[] {"engine", "runtime", "api", "core"}) {
      slices()
          .matching(LEAF + module + ".(**)")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void everyPackageIsNullMarked() {
    Map<String, Boolean> marked = new java.util.TreeMap<>();
    for (JavaClass type : CLASSES) {
      marked.putIfAbsent(
          type.getPackageName(),
          type.getPackage().isAnnotatedWith(org.jspecify.annotations.NullMarked.class));
    }
    org.assertj.core.api.Assertions.assertThat(marked)
        .allSatisfy(
            (name, is) ->
                org.assertj.core.api.Assertions.assertThat(is).as("package %s", name).isTrue());
  }

  /** Each protocol, transport and group package is a slice of its own. */
  private static final class Siblings implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      String name = type.getPackageName();
      for (String kind : new String[] {"protocol", "transport", "group"}) {
        String prefix = LEAF + "engine." + kind + ".";
        if (name.startsWith(prefix)) {
          String rest = name.substring(prefix.length());
          int dot = rest.indexOf('.');
          return SliceIdentifier.of(kind, dot < 0 ? rest : rest.substring(0, dot));
        }
      }
      return SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "protocols, transports and groups";
    }
  }
}
