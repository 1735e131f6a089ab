package dev.orthant.docs;

import dev.orthant.docs.site.Site;
import java.io.IOException;
import java.nio.file.Path;

/** Writes the documentation as a site: {@code mvn -Psite -DskipTests package}. */
public final class SiteMain {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private SiteMain() {}

  /**
   * @param args the folder to write
   */
  public static void main(String[] args) throws IOException {
    Path target = Path.of(args[0]);
    new Site(ROOT, Pages.all(), target, true).write();
    Javadoc.write(ROOT, target.resolve("api"));
  }
}
