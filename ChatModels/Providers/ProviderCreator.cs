namespace ChatModels.Providers;

/// <summary>Creates a live provider from options that were checked against the type's metadata. Runs under no lock; cancelled when the type's creation timeout has passed.</summary>
public delegate ValueTask<IChatProvider> ProviderCreator(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken);

/// <summary>What the process offers to creators.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Services">The process' services; null for a registry that stands alone.</param>
public sealed record ProviderServices(TimeProvider Time, IServiceProvider? Services = null);
