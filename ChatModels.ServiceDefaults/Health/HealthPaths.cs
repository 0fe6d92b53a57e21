namespace ChatModels.ServiceDefaults.Health;

internal static class HealthPaths
{
    public const string Health = "/health";
    public const string Alive = "/alive";
}
