using ChatModels.Testing;

[assembly: Xunit.AssemblyFixture(typeof(SharedStores))]
