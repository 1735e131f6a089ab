package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orthant.core.spi.Component;
import java.nio.file.Path;

/**
 * The source that a task names.
 *
 * @param type the name of the source in the catalog
 * @param settings its own configuration
 * @param folder what relative paths in the settings start from
 */
public record TaskComponent(String type, ObjectNode settings, Path folder)
    implements ComponentSpec {

  @Override
  public <C extends Record> C config(Component<C> component, ConfigDecoder decoder) {
    Path beside = folder.resolve("task"); // paths are resolved against the folder of a file
    return decoder.decode(settings, beside, component.configType(), component.defaults());
  }
}
