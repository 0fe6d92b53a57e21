using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ChatModels.Worker.Tests.ServiceDefaults;

/// <summary>A service as Api and Worker are: the defaults on a real Kestrel, in production, on a free port.</summary>
internal sealed class DefaultsHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DefaultsHost(WebApplication app, TimeSpan startTook)
    {
        _app = app;
        StartTook = startTook;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }
    public TimeSpan StartTook { get; }
    public IServiceProvider Services => _app.Services;
    public FakeLogCollector Logs => Services.GetFakeLogCollector();

    public static WebApplicationBuilder NewBuilder(params (string Key, string? Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production, ApplicationName = "defaults-test" });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)));
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseSetting(WebHostDefaults.PreventHostingStartupKey, "true"); // There is no such assembly.
        builder.Logging.ClearProviders().AddFakeLogging();
        return builder;
    }

    public static Task<DefaultsHost> StartWithRedisAsync(string connectionString, CancellationToken cancellationToken) =>
        StartAsync(NewBuilder(("ConnectionStrings:redis", connectionString)), cancellationToken);

    public static async Task<DefaultsHost> StartAsync(WebApplicationBuilder builder, CancellationToken cancellationToken, Action<WebApplicationBuilder>? after = null)
    {
        builder.AddServiceDefaults();
        builder.AddRegistryRedis();
        after?.Invoke(builder);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapPrometheus();
        app.MapGet("/hello", () => "hello");
        var started = Stopwatch.GetTimestamp();
        await app.StartAsync(cancellationToken);
        return new DefaultsHost(app, Stopwatch.GetElapsedTime(started));
    }

    public async Task<(int Status, string Body, TimeSpan Took)> GetAsync(string path, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await Client.GetAsync(path, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        return ((int)response.StatusCode, body, Stopwatch.GetElapsedTime(started));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
