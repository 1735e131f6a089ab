mkdir -p adapters
cp -r out/adapters/acceptability-lora adapters/a
cp -r out/adapters/error-kind-lora adapters/b
orthant merge --type task-arithmetic --set lambda=0.28 --output merged adapters/a adapters/b
