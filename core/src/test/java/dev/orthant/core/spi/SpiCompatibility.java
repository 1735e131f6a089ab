package dev.orthant.core.spi;

import japicmp.cmp.JApiCmpArchive;
import japicmp.cmp.JarArchiveComparator;
import japicmp.cmp.JarArchiveComparatorOptions;
import japicmp.filter.AnnotationBehaviorFilter;
import japicmp.filter.AnnotationClassFilter;
import japicmp.filter.AnnotationFieldFilter;
import japicmp.filter.JavaDocLikeClassFilter;
import japicmp.filter.JavadocLikePackageFilter;
import japicmp.model.AccessModifier;
import japicmp.model.JApiChangeStatus;
import japicmp.model.JApiClass;
import japicmp.model.JApiCompatibility;
import japicmp.model.JApiHasChangeStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What in a newer jar breaks plug-ins that were built, or are built again, against an older one's
 * interfaces. What is marked {@link Experimental} does not count.
 */
final class SpiCompatibility {

  /** What plug-ins are written against. */
  private static final List<String> PACKAGES =
      List.of("dev.orthant.core.spi", "dev.orthant.core.lowrank", "dev.orthant.core.stats");

  private static final List<String> CLASSES =
      List.of(
          "dev.orthant.core.text.TaskFactory",
          "dev.orthant.core.text.TaskData",
          "dev.orthant.core.text.TaskRequest",
          "dev.orthant.core.text.Example");

  private static final String EXPERIMENTAL = "@dev.orthant.core.spi.Experimental";

  private SpiCompatibility() {}

  /**
   * The classes, methods and fields that are not compatible, with the reasons; empty if all are.
   */
  static List<String> problems(Path older, Path newer) {
    List<String> problems = new ArrayList<>();
    List<JApiClass> classes =
        new JarArchiveComparator(options())
            .compare(archive(older, "older"), archive(newer, "newer"));
    for (JApiClass type : classes) {
      String name = type.getFullyQualifiedName();
      add(name, type, type, problems);
      type.getMethods().forEach(m -> add(name + "#" + m.getName(), m, m, problems));
      type.getConstructors().forEach(c -> add(name + "#" + c.getName(), c, c, problems));
      type.getFields().forEach(f -> add(name + "#" + f.getName(), f, f, problems));
      type.getInterfaces()
          .forEach(i -> add(name + ": " + i.getFullyQualifiedName(), i, i, problems));
      add(name + " extends", type.getSuperclass(), type.getSuperclass(), problems);
    }
    return problems;
  }

  private static void add(
      String name, JApiHasChangeStatus status, JApiCompatibility element, List<String> problems) {
    boolean changed =
        status.getChangeStatus() != JApiChangeStatus.UNCHANGED
            || !element.getCompatibilityChanges().isEmpty();
    boolean compatible =
        element.getCompatibilityChanges().stream()
            .allMatch(change -> change.isBinaryCompatible() && change.isSourceCompatible());
    if (changed && !compatible) {
      problems.add(name + ": " + element.getCompatibilityChanges());
    }
  }

  private static JarArchiveComparatorOptions options() {
    JarArchiveComparatorOptions options = new JarArchiveComparatorOptions();
    options.setAccessModifier(AccessModifier.PROTECTED);
    options.getIgnoreMissingClasses().setIgnoreAllMissingClasses(true);
    PACKAGES.forEach(
        name -> options.getFilters().getIncludes().add(new JavadocLikePackageFilter(name, false)));
    CLASSES.forEach(
        name -> options.getFilters().getIncludes().add(new JavaDocLikeClassFilter(name)));
    options.getFilters().getExcludes().add(new AnnotationClassFilter(EXPERIMENTAL));
    options.getFilters().getExcludes().add(new AnnotationBehaviorFilter(EXPERIMENTAL));
    options.getFilters().getExcludes().add(new AnnotationFieldFilter(EXPERIMENTAL));
    return options;
  }

  private static JApiCmpArchive archive(Path jar, String version) {
    return new JApiCmpArchive(jar.toFile(), version);
  }
}
