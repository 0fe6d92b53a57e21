namespace ChatModels.Providers;

/// <summary>A live provider that counts as a user of its type until it is disposed, and is disposed once however often it is asked.</summary>
internal sealed class TrackedProvider(IChatProvider inner, ProviderTypeEntry type) : IChatProvider
{
    private int _disposed;

    /// <summary>What the type's creator made.</summary>
    public IChatProvider Inner { get; } = inner;

    /// <summary>What its type says of itself.</summary>
    public ProviderMetadata Metadata => type.Metadata;

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => Inner.SendAsync(request, cancellationToken);

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
