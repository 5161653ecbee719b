using System.Reflection;
using System.Runtime.ExceptionServices;
using RedisML.Diagnostics;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>A database, batch or transaction that tells the log each command before it is sent.
/// Only made where somebody reads it.</summary>
class LoggedDatabase : DispatchProxy
{
    IDatabaseAsync _target = null!;

    /// <summary>The same database, logged.</summary>
    public static IDatabase Of(IDatabase target) => Of<IDatabase>(target);

    static T Of<T>(T target) where T : class, IDatabaseAsync
    {
        var logged = Create<T, LoggedDatabase>();
        ((LoggedDatabase)(object)logged)._target = target;
        return logged;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (!targetMethod!.IsSpecialName
            && targetMethod.DeclaringType != typeof(ITransaction) && targetMethod.DeclaringType != typeof(IBatch)
            && !targetMethod.Name.StartsWith("Create", StringComparison.Ordinal))
            WorkLog.Commands?.Command(CommandText.Of(targetMethod.Name, args ?? []));
        try
        {
            return targetMethod.Invoke(_target, args) switch
            {
                ITransaction transaction => Of(transaction),
                IBatch batch => Of(batch),
                var result => result,
            };
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}
