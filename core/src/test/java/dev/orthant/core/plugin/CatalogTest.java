package dev.orthant.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CatalogTest {

  private static final Plugin TIES = Plugin.of(Kind.MERGER, new FakeMerger("ties"));
  private static final Plugin AVERAGE = Plugin.of(Kind.MERGER, new FakeMerger("average"));

  @Test
  void findsByKindAndName() {
    Catalog catalog = new Catalog(List.of(TIES, AVERAGE), List.of());

    assertThat(catalog.merger("ties")).isSameAs(TIES.component());
    assertThat(catalog.get(Kind.MERGER, "average")).isSameAs(AVERAGE.component());
    assertThat(catalog.names(Kind.MERGER)).containsExactly("average", "ties");
    assertThat(catalog.names(Kind.ADAPTER)).isEmpty();
  }

  @Test
  void theApplicationsComponentWins() {
    Plugin own = Plugin.of(Kind.MERGER, new FakeMerger("ties"));

    Catalog catalog = new Catalog(List.of(TIES, AVERAGE), List.of(own));

    assertThat(catalog.merger("ties")).isSameAs(own.component());
    assertThat(catalog.names(Kind.MERGER)).containsExactly("average", "ties");
  }

  @Test
  void anUnknownNameIsToldWithTheNearestAndAllThereAre() {
    Catalog catalog = new Catalog(List.of(TIES, AVERAGE), List.of());

    UnknownPluginException e =
        catchThrowableOfType(UnknownPluginException.class, () -> catalog.merger("teis"));

    assertThat(e)
        .hasMessage(
            "unknown merger 'teis', did you mean 'ties'? Available: average, ties."
                + " Put the plug-in's jar on the class path or into a plug-in folder.");
    assertThat(e.kind()).isEqualTo(Kind.MERGER);
    assertThat(e.requested()).isEqualTo("teis");
    assertThat(e.nearest()).contains("ties");
    assertThat(e.available()).containsExactly("average", "ties");
  }

  @Test
  void aKindWithoutPluginsIsToldAsSuch() {
    Catalog catalog = new Catalog(List.of(TIES), List.of());

    assertThatThrownBy(() -> catalog.adapter("lora"))
        .hasMessageStartingWith("unknown adapter 'lora'. There are no adapters at all.");
  }

  @Test
  void twoOfOneNameAreRefused() {
    assertThatThrownBy(() -> new Catalog(List.of(TIES, TIES), List.of()))
        .isInstanceOf(PluginException.class)
        .hasMessageStartingWith("two mergers are named 'ties'")
        .hasMessageContaining("test-classes");
    assertThatThrownBy(() -> new Catalog(List.of(), List.of(TIES, TIES)))
        .isInstanceOf(PluginException.class);
  }

  @Test
  void illegalNamesAreRefused() {
    for (String name : List.of("", "Ties", "ties_sum", "2ties", "-ties", "tiés")) {
      assertThatThrownBy(() -> Plugin.of(Kind.MERGER, new FakeMerger(name)))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("illegal name '" + name + "'");
    }
  }

  @Test
  void aComponentOfAnotherKindIsRefused() {
    assertThatThrownBy(() -> Plugin.of(Kind.ADAPTER, new FakeMerger("ties")))
        .hasMessageContaining("is not a dev.orthant.core.spi.AdapterFactory");
  }

  @Test
  void describesWhatItHolds() {
    Catalog catalog = new Catalog(List.of(TIES, AVERAGE), List.of());

    PluginDescriptor first = catalog.descriptors().get(0);

    assertThat(first.kind()).isEqualTo(Kind.MERGER);
    assertThat(first.name()).isEqualTo("average");
    assertThat(first.summary()).isEqualTo("Returns the first input.");
    assertThat(first.version()).isEqualTo("dev");
    assertThat(first.jar()).endsWith("test-classes");
    assertThat(first.references()).hasSize(1);
  }
}
