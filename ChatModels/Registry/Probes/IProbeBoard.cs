namespace ChatModels.Registry.Probes;

/// <summary>What the fleet shares of probes: who probes, and what was found. Nothing in it is truth; losing it costs one round.</summary>
/// <remarks>Safe for any number of threads. Every call ends within the store's deadline, or throws <see cref="Stores.StoreUnavailableException"/>.</remarks>
internal interface IProbeBoard
{
    /// <summary>Takes the fleet's one lease, or renews it where <paramref name="owner"/> holds it. It ends by itself after <paramref name="lifetime"/>, by the store's clock.</summary>
    Task<bool> TryHoldAsync(string owner, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Gives the lease back, where <paramref name="owner"/> holds it.</summary>
    Task ReleaseAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Shares results by provider; together they are kept for <paramref name="lifetime"/> from now.</summary>
    Task PublishAsync(IReadOnlyDictionary<string, ProbeRecord> results, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Takes results away, of providers that are no more.</summary>
    Task RemoveAsync(IReadOnlyCollection<string> providers, CancellationToken cancellationToken);

    /// <summary>Every result that is shared, by provider.</summary>
    Task<IReadOnlyDictionary<string, ProbeRecord>> ReadAsync(CancellationToken cancellationToken);
}
