package dev.orthant.core.spi;

import static java.util.Objects.requireNonNull;

/**
 * A publication.
 *
 * @param title its title
 * @param locator where to find it: an arXiv identifier such as {@code 2505.22934}, or a venue
 */
public record Reference(String title, String locator) {

  /** Refuses blank components. */
  public Reference {
    requireNonNull(title, "title");
    requireNonNull(locator, "locator");
    if (title.isBlank() || locator.isBlank()) {
      throw new IllegalArgumentException(
          "a reference needs a title and a locator, was '" + title + "', '" + locator + "'");
    }
  }

  @Override
  public String toString() {
    return locator.matches("\\d{4}\\.\\d{4,5}")
        ? title + " (arXiv " + locator + ")"
        : title + " (" + locator + ")";
  }
}
