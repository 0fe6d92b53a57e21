using ChatModels.Api.Tests.Hosting;

namespace ChatModels.Api.Tests.Security;

/// <summary>An Api in production with one admin's and two clients' keys.</summary>
internal static class Keys
{
    public const string Admin = "admin-key-5e884898da28";
    public const string Client = "client-key-047d8a3c1f";
    public const string OtherClient = "client-key-ab12cd34ef";

    public static Dictionary<string, string?> Settings => new()
    {
        ["ChatModels:Registry:Store"] = "memory",
        ["ChatModels:Telemetry:Prometheus"] = "true",
        ["ChatModels:Security:AdminKeys:0"] = "the-admin",
        ["ChatModels:Security:ClientKeys:0"] = "a-client",
        ["ChatModels:Security:ClientKeys:1"] = "other-client",
        ["Secrets:the-admin"] = Admin,
        ["Secrets:a-client"] = Client,
        ["Secrets:other_client"] = OtherClient,
        ["ChatModels:Seed:Providers:simulator:Type"] = "simulator",
    };

    public static async Task<TestApi> StartAsync(CancellationToken cancellationToken)
    {
        var api = await TestApi.StartAsync(cancellationToken, "Production", Settings);
        await api.UntilReadyAsync(cancellationToken);
        return api;
    }
}
