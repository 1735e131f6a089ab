package dev.orthant.core.nn;

import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The adapters that are active in a pass. Several passes can share them.
 *
 * @param byModule module path to adapter, in the order of saving
 */
public record AdapterSet(Map<String, Adapter> byModule) {

  /** Copies the map. */
  public AdapterSet {
    byModule = Collections.unmodifiableMap(new LinkedHashMap<>(byModule));
  }

  /** The model as it is. */
  public static AdapterSet none() {
    return new AdapterSet(Map.of());
  }

  /** The adapter of a module, or null. */
  public @Nullable Adapter of(String module) {
    return byModule.get(module);
  }

  /** The parameters of all adapters in order, those that are not trained included. */
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    byModule.values().forEach(adapter -> all.addAll(adapter.parameters()));
    return all;
  }

  /** Whether a module has an adapter with something to train. */
  boolean trains(String module) {
    Adapter adapter = byModule.get(module);
    if (adapter == null) {
      return false;
    }
    for (Parameter parameter : adapter.parameters()) {
      if (parameter.isTrainable()) {
        return true;
      }
    }
    return false;
  }
}
