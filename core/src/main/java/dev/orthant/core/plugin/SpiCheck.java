package dev.orthant.core.plugin;

import dev.orthant.core.spi.SpiVersion;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Refuses jars that were built against interfaces which this version does not have. */
final class SpiCheck {

  private static final Pattern VERSION = Pattern.compile("(\\d{1,6})(?:\\.(\\d{1,6}))?(?:\\..*)?");

  private SpiCheck() {}

  /**
   * Compares the version in a jar's manifest, if it has one, with {@link SpiVersion}.
   *
   * @throws PluginException if they do not go together, naming the jar
   */
  static void check(Origin origin) {
    Optional<String> written = origin.manifestEntry(SpiVersion.MANIFEST_ENTRY);
    written.flatMap(text -> problem(text.strip())).ifPresent(problem -> refuse(origin, problem));
  }

  private static Optional<String> problem(String version) {
    Matcher parts = VERSION.matcher(version);
    if (!parts.matches()) {
      return Optional.of(
          "its manifest has %s: %s, which is no version; this is %d.%d"
              .formatted(SpiVersion.MANIFEST_ENTRY, version, SpiVersion.MAJOR, SpiVersion.MINOR));
    }
    int major = Integer.parseInt(parts.group(1));
    int minor = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
    if (major == SpiVersion.MAJOR && minor <= SpiVersion.MINOR) {
      return Optional.empty();
    }
    boolean newer = major >= SpiVersion.MAJOR; // of the same major version it is the minor that is
    return Optional.of(
        "built against version %s of the plug-in interfaces (%s in its manifest), this is %d.%d: %s"
            .formatted(
                version,
                SpiVersion.MANIFEST_ENTRY,
                SpiVersion.MAJOR,
                SpiVersion.MINOR,
                newer ? "use a newer Orthant" : "use a newer version of the plug-in"));
  }

  private static void refuse(Origin origin, String problem) {
    throw new PluginException(origin + ": " + problem);
  }
}
