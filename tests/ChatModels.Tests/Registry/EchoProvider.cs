using ChatModels.Providers;

namespace ChatModels.Tests.Registry;

/// <summary>A live provider that only knows whether it was disposed.</summary>
internal sealed class EchoProvider : IChatProvider
{
    private int _disposals;

    public int Disposals => Volatile.Read(ref _disposals);

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => new(ProviderHealth.Ok);

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        return ValueTask.CompletedTask;
    }
}
