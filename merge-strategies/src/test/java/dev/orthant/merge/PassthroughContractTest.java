package dev.orthant.merge;

import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.testing.MergerContract;
import java.util.stream.Stream;

final class PassthroughContractTest extends MergerContract<PassthroughConfig> {

  @Override
  protected MergerFactory<PassthroughConfig> factory() {
    return new PassthroughFactory();
  }

  @Override
  protected boolean isCommonKnowledge() {
    return true;
  }

  @Override
  protected Stream<PassthroughConfig> configurations() {
    return Stream.of(PassthroughConfig.defaults(), new PassthroughConfig(-0.5));
  }

  @Override
  protected PassthroughConfig asIdentity(PassthroughConfig config) {
    return PassthroughConfig.defaults();
  }
}
