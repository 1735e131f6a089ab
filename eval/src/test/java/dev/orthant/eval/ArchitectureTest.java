package dev.orthant.eval;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import dev.orthant.core.testing.ArchitectureRules;

@AnalyzeClasses(packages = "dev.orthant", importOptions = ArchitectureRules.MainClasses.class)
final class ArchitectureTest {

  @ArchTest static final ArchTests RULES = ArchTests.in(ArchitectureRules.class);
}
