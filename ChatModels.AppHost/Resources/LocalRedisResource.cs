using ChatModels.AppHost.Redis;

namespace ChatModels.AppHost.Resources;

/// <summary>A Redis-compatible server that runs as a process beside the projects, where no container engine answers.</summary>
internal sealed class LocalRedisResource(string name, string program, string dataDirectory)
    : ExecutableResource(name, program, dataDirectory), IResourceWithConnectionString
{
    public const string EndpointName = "tcp";

    private string? _connectionString;

    private EndpointReference Endpoint => field ??= new EndpointReference(this, EndpointName);

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Endpoint.Property(EndpointProperty.HostAndPort)}");

    /// <summary>For the health check, which asks only after the endpoint was allocated.</summary>
    public string ConnectionString => _connectionString ?? throw new InvalidOperationException($"The endpoint of {Name} is not allocated yet.");

    public async Task ReadConnectionStringAsync(CancellationToken cancellationToken) =>
        _connectionString = await ConnectionStringExpression.GetValueAsync(cancellationToken);

    public void AddArguments(RedisServer server, IList<object> arguments)
    {
        foreach (var argument in server.Arguments(Endpoint.Property(EndpointProperty.TargetPort), WorkingDirectory))
        {
            arguments.Add(argument);
        }
    }
}
