using ChatModels.Registry.Stores;

namespace ChatModels.Registry.Writing;

/// <summary>A write ready to be sent, and the snapshot that it makes.</summary>
internal sealed record PreparedWrite(StoreCommit Commit, RegistrySnapshot Next);
