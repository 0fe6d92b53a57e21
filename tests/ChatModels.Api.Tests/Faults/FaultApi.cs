using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Faults;

/// <summary>An Api that waits no longer for an upstream than a test can.</summary>
public sealed class FaultApi : IAsyncLifetime
{
    private TestApi? _api;

    public TestApi Api => _api ?? throw new InvalidOperationException("The fixture was not initialized.");

    public async ValueTask InitializeAsync()
    {
        _api = await TestApi.StartAsync(CancellationToken.None, settings: new Dictionary<string, string?> { ["ChatModels:Chat:StreamIdleTimeout"] = "00:00:01" });
        await _api.UntilReadyAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }
    }
}
