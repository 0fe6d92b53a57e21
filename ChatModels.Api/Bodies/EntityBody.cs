using System.Text.Json.Serialization.Metadata;
using ChatModels.Api.Errors;
using ChatModels.Api.Wire;

namespace ChatModels.Api.Bodies;

/// <summary>Reads the body of one entity, which must be the one that the path names.</summary>
internal static class EntityBody
{
    private const int MostMiB = 1;

    public static async Task<(T? Value, RegistryProblem? Problem)> ReadAsync<T>(
        HttpRequest request, string id, JsonTypeInfo<T> contract, string op, CancellationToken cancellationToken)
        where T : class, IEntityInput
    {
        var (value, problem) = await JsonBody.ReadAsync(request, contract, op, MostMiB, cancellationToken);
        if (value?.Id is { } named && named != id)
        {
            problem = new RegistryProblem(op, ErrorCodes.ValidationFailed, $"The body is of another entity than '{id}', which the path names.")
            {
                Issues = [new ValidationIssue("$.id", $"Leave it out, or give '{id}'.")],
            };
        }

        return (problem is null ? value : null, problem);
    }
}
