// Each test starts the whole system; two at once on a small machine would measure each other.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
