package dev.orthant.core.testing;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.regex.Pattern;

/**
 * Who may see whom. A module checks itself by
 *
 * <pre>{@code
 * @AnalyzeClasses(packages = "dev.orthant", importOptions = ArchitectureRules.MainClasses.class)
 * final class ArchitectureTest {
 *   @ArchTest static final ArchTests RULES = ArchTests.in(ArchitectureRules.class);
 * }
 * }</pre>
 *
 * <p>Rules that do not concern any class of a module hold there.
 */
public final class ArchitectureRules {

  private static final String[] IMPLEMENTATIONS = {
    "dev.orthant.adapters..", "dev.orthant.osrm..", "dev.orthant.merge.."
  };

  /** Core knows of none of the modules that build on it. */
  @ArchTest
  public static final ArchRule CORE_SEES_NO_OTHER_MODULE =
      noClasses()
          .that()
          .resideInAPackage("dev.orthant.core..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(IMPLEMENTATIONS)
                  .or(resideInAnyPackage("dev.orthant.eval..", "dev.orthant.cli..")))
          .allowEmptyShould(true);

  /** Implementations and evaluation see core, and never each other. */
  @ArchTest
  public static final ArchRule IMPLEMENTATIONS_DO_NOT_SEE_EACH_OTHER =
      slices()
          .matching("dev.orthant.(adapters.lora|adapters.moslora|osrm|merge|eval)..")
          .should()
          .notDependOnEachOther()
          .allowEmptyShould(true);

  /** The command line finds implementations by name only. */
  @ArchTest
  public static final ArchRule THE_COMMAND_LINE_SEES_NO_IMPLEMENTATION =
      noClasses()
          .that()
          .resideInAPackage("dev.orthant.cli..")
          .should()
          .dependOnClassesThat(resideInAnyPackage(IMPLEMENTATIONS))
          .allowEmptyShould(true);

  /** Guice is for putting things together. */
  @ArchTest
  public static final ArchRule GUICE_ONLY_IN_WIRING =
      noClasses()
          .that()
          .resideInAPackage("dev.orthant..")
          .and()
          .resideOutsideOfPackages("..wiring..", "dev.orthant.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.google.inject..")
          .allowEmptyShould(true);

  /** What plug-in authors read stays small. */
  @ArchTest
  public static final ArchRule SPI_IMPORTS_LITTLE =
      classes()
          .that()
          .resideInAPackage("dev.orthant.core.spi..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.orthant.core.spi..",
              "dev.orthant.core.lowrank..",
              "dev.orthant.core.stats..",
              "org.nd4j..",
              "org.jspecify..",
              "java..")
          .allowEmptyShould(true);

  /** The algebra of deltas depends on nothing else of ours. */
  @ArchTest
  public static final ArchRule LOWRANK_STANDS_ALONE = standsAlone("dev.orthant.core.lowrank..");

  /** Feature statistics depend on nothing else of ours. */
  @ArchTest
  public static final ArchRule STATS_STAND_ALONE = standsAlone("dev.orthant.core.stats..");

  /** Packages of core can be understood one after the other. */
  @ArchTest
  public static final ArchRule NO_CYCLES_IN_CORE =
      slices().matching("dev.orthant.core.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  /** Only the command line talks to the terminal. */
  @ArchTest
  public static final ArchRule NO_STANDARD_STREAMS =
      noClasses()
          .that()
          .resideInAPackage("dev.orthant..")
          .and()
          .resideOutsideOfPackage("dev.orthant.cli..")
          .should(ACCESS_STANDARD_STREAMS)
          .allowEmptyShould(true);

  /** Logging is SLF4J's. */
  @ArchTest
  public static final ArchRule NO_JAVA_UTIL_LOGGING =
      noClasses()
          .that()
          .resideInAPackage("dev.orthant..")
          .should()
          .dependOnClassesThat(resideInAPackage("java.util.logging.."))
          .allowEmptyShould(true);

  /** An implementation shows its factories and their configurations. */
  @ArchTest
  public static final ArchRule IMPLEMENTATIONS_SHOW_FACTORIES_AND_CONFIGS =
      classes()
          .that()
          .resideInAnyPackage(IMPLEMENTATIONS)
          .and()
          .areTopLevelClasses()
          .and()
          .arePublic()
          .should()
          .haveNameMatching(".*(Factory|Config)")
          .allowEmptyShould(true);

  private ArchitectureRules() {}

  private static ArchRule standsAlone(String ofPackage) {
    return noClasses()
        .that()
        .resideInAPackage(ofPackage)
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.orthant..").and(not(resideInAPackage(ofPackage))))
        .allowEmptyShould(true);
  }

  /** Leaves out tests, in folders and in jars. */
  public static final class MainClasses implements ImportOption {

    private static final Pattern TESTS = Pattern.compile(".*(/test-classes/|-tests\\.jar!).*");

    /** For ArchUnit. */
    public MainClasses() {}

    @Override
    public boolean includes(Location location) {
      return !location.matches(TESTS);
    }
  }
}
