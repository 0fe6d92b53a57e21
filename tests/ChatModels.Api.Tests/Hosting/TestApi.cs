using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ChatModels.Api.Tests.Hosting;

/// <summary>The Api as Program builds it, on a real Kestrel and a free port of this machine.</summary>
public sealed class TestApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApi(WebApplication app, FakeLogCollector logs)
    {
        (_app, Logs) = (app, logs);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public FakeLogCollector Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<TestApi> StartAsync(
        CancellationToken cancellationToken, string environment = "Development", IReadOnlyDictionary<string, string?>? settings = null, Action<WebApplication>? extend = null,
        TimeProvider? time = null, Action<WebApplicationBuilder>? configure = null)
    {
        var logs = new FakeLogCollector();
        var app = Build(environment, settings, logs, time, configure);
        extend?.Invoke(app);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new TestApi(app, logs);
    }

    public static WebApplication Build(string environment, IReadOnlyDictionary<string, string?>? settings = null, FakeLogCollector? logs = null, TimeProvider? time = null,
        Action<WebApplicationBuilder>? configure = null)
    {
        string[] args = ["--environment", environment, "--contentRoot", AppContext.BaseDirectory, "--urls", "http://127.0.0.1:0"];
        return ApiHost.Build(args, builder =>
        {
            if (time is not null)
            {
                builder.Services.AddSingleton(time);
            }

            configure?.Invoke(builder);
            builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
            builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(new FakeLoggerProvider(logs ?? new FakeLogCollector()));
        });
    }

    /// <summary>Gives a setting another value while the host runs, as a configuration source does that follows its file.</summary>
    public void Change(string key, string value)
    {
        _app.Configuration[key] = value;
        ((IConfigurationRoot)_app.Configuration).Reload();
    }

    /// <summary>A client that sends a key.</summary>
    public HttpClient ClientWith(string key)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
