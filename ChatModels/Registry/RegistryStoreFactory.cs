using ChatModels.Registry.Stores;

namespace ChatModels.Registry;

/// <summary>Makes the store of an installation in Redis; registered by whoever knows the connection.</summary>
internal delegate IRegistryStore RegistryStoreFactory(IServiceProvider services, RegistryOptions options);
