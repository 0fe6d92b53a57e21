using ChatModels.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ChatModels.Worker.Tests;

/// <summary>The worker as Program builds it, on a real Kestrel and a free port of this machine.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkerProcess(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public FakeLogCollector Log => _app.Services.GetFakeLogCollector();

    public ModelRegistry Registry => _app.Services.GetRequiredService<ModelRegistry>();

    public static async Task<WorkerProcess> StartAsync(string redis, string registry, CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        string[] args = ["--environment", "Development", "--contentRoot", AppContext.BaseDirectory, "--urls", "http://127.0.0.1:0"];
        var app = WorkerHost.Build(args, builder =>
        {
            builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", redis), new("ChatModels:Registry:Name", registry), .. settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))]);
            builder.Logging.ClearProviders().AddFakeLogging();
        });
        await app.StartAsync(cancellationToken);
        return new WorkerProcess(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
