using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(ApiFixture))]
[assembly: AssemblyFixture(typeof(SharedStores))]

namespace ChatModels.Api.Tests.Hosting;

/// <summary>One Api in development, with its seed and an in-memory store, for every test that leaves it running. Each test takes names of its own.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private TestApi? _api;

    public TestApi Api => _api ?? throw new InvalidOperationException("The fixture was not initialized.");

    public HttpClient Client => Api.Client;

    public async ValueTask InitializeAsync()
    {
        _api = await TestApi.StartAsync(CancellationToken.None);
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
