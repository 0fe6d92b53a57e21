using System.Globalization;
using ChatModels.AppHost.Programs;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>What AppHost.cs says with Aspire: the processes of the system, and the environment by which they find each other.</summary>
internal static class Topology
{
    public static async Task<LaunchPlan> DescribeAsync(AppHostOptions options, CancellationToken cancellationToken)
    {
        var redis = await RedisProcess.DescribeAsync(options, cancellationToken);
        var dashboard = options.Dashboard ? DashboardProcess.Choose() : null;
        var apiUrl = Localhost(options.Port == 0 ? Ports.Free() : options.Port);

        var files = FilesDirectory.Prepare(options);
        var api = Web("api", BuildFacts.Program("ChatModels.Api"), apiUrl, redis, files, dashboard) with
        {
            FixedPort = options.Port == 0 ? null : options.Port,
            PortCure = Ports.Cure,
        };
        var workerUrl = Localhost(Ports.Free());
        var worker = Web("worker", BuildFacts.Program("ChatModels.Worker"), workerUrl, redis, files, dashboard);
        worker = worker with { Environment = new Dictionary<string, string?>(worker.Environment) { ["services__api__http__0"] = apiUrl } };

        return new LaunchPlan(redis.Process is null ? [api, worker] : [redis.Process, api, worker])
        {
            FindDashboard = dashboard is null ? null : dashboard.FindAsync,
            DashboardUrl = dashboard?.Url ?? "",
            Welcome = Welcome.Lines(apiUrl, workerUrl),
            Held = [redis.Data, dashboard?.Held],
        };
    }

    private static ChildProcess Web(string name, string program, string url, RedisProcess redis, string files, DashboardProcess? dashboard) =>
        new(name, SearchPath.DotNet, ["exec", program])
        {
            WorkingDirectory = Path.GetDirectoryName(program)!,
            Environment = new Dictionary<string, string?>(DeveloperEnvironment.For(name, dashboard?.OtlpUrl))
            {
                ["ASPNETCORE_URLS"] = url,
                ["ConnectionStrings__redis"] = redis.ConnectionString,
                ["ChatModels__Files__Directory"] = files,
            },
            IsReady = cancellationToken => Readiness.HttpAsync(new Uri(url + "/health"), cancellationToken),
        };

    private static string Localhost(int port) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
}
