namespace ChatModels.Providers;

/// <summary>A live provider that counts as a user of its type until it is disposed, and is disposed once however often it is asked.</summary>
internal sealed class TrackedProvider(IChatProvider inner, ProviderTypeEntry type, string id, ProviderServices services) : IChatProvider
{
    // Our own types keep the contract, and are spared a step on the hot path.
    private readonly bool _isOurs = inner.GetType().Assembly == typeof(TrackedProvider).Assembly;
    private int _disposed;

    /// <summary>What the type's creator made.</summary>
    public IChatProvider Inner { get; } = inner;

    /// <summary>What its type says of itself.</summary>
    public ProviderMetadata Metadata => type.Metadata;

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) =>
        _isOurs ? Inner.SendAsync(request, cancellationToken) : ForeignProvider.SendAsync(Inner, request, id, services, cancellationToken);

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => Inner.CheckHealthAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        try
        {
            await Inner.DisposeAsync();
        }
        finally
        {
            type.Leave();
        }
    }
}
